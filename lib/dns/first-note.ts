/** What a zone says of the records that it was to begin with, until it has them or changes otherwise. Pure. */

export const TO_COME = "Its first records are still to come.";
export const WITHOUT = "The zone was made without its first records: ";

export const isFirstNote = (message: string): boolean => message === TO_COME || message.startsWith(WITHOUT);
