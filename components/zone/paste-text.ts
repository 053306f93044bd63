/** Whether pasted text is meant as records. Pure, and small: what reads them is loaded when there are some. */

/** Several lines, or one with a type in it as zone files have them. */
export const looksLikeRecords = (text: string): boolean =>
  /\n\s*\S/.test(text.trim()) ||
  /^\s*\S+\s+(?:\d+[smhdw]?\s+)?(?:IN\s+)?(?:\d+[smhdw]?\s+)?(?:[A-Z][A-Z0-9]*|TYPE\d+)\s+\S/i.test(text);
