/** What a text about mail begins as, where somebody wants one and does not know how it is written. */
export const mailStarts = { SPF: "v=spf1 mx -all", DMARC: "v=DMARC1; p=none" } as const;
