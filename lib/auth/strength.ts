/** How hard a password is to guess, by zxcvbn: what is easy is refused, with why and what helps. */
import { env } from "#lib/env.ts";
import { askAuth } from "./ask-auth.ts";

/** Of 0 to 4: about 10^8 guesses, beyond reach where a guess costs what bcrypt does. */
const ENOUGH = 3;
/** Passwords are set seldom, and the dictionaries are large. */
const IDLE_MS = 60_000;

export interface Owner {
  name: string;
  email: string;
}

interface Estimate {
  score: number;
  /** Keys of the sentences below. */
  why: string | null;
  help: string[];
}

/** Why a password is too easy to guess for its owner, and what helps; null if it is not. */
export async function weakness(password: string, owner: Owner): Promise<string | null> {
  const question = { password, known: knownOf(owner) };
  const { score, why, help } = (await askAuth("strength-worker.mjs", question, IDLE_MS)) as Estimate;
  if (score >= ENOUGH) return null;
  const advice = help.map((key) => HELP[key]).find(Boolean) ?? HELP.anotherWord;
  return `${WHY[why ?? ""] ?? "This is too easy to guess."} ${advice}`;
}

/** What an attacker would try first: name and address, whole and in parts, and where the password is for. */
function knownOf({ name, email }: Owner): string[] {
  const host = new URL(env().origin).hostname;
  const whole = [name, email, email.slice(0, email.lastIndexOf("@")), host, "zonegate"];
  const split = whole.map((text) => text.split(/[\s@.\-_]+/).filter((part) => part.length > 2));
  const parts = split.flatMap((words) => [...words, words.join(""), words.join(" ")]);
  return [...new Set([...whole, ...parts].map((text) => text.toLowerCase()).filter(Boolean))];
}

const WHY: Record<string, string> = {
  straightRow: "A row of keys is easy to guess.",
  keyPattern: "A pattern on the keyboard is easy to guess.",
  simpleRepeat: "Repeated characters are easy to guess.",
  extendedRepeat: "Repeated patterns are easy to guess.",
  sequences: "Sequences such as abc or 6543 are easy to guess.",
  recentYears: "Recent years are easy to guess.",
  dates: "Dates are easy to guess.",
  topTen: "This is one of the most used passwords of all.",
  topHundred: "This is one of the most used passwords.",
  common: "This is a password that many people use.",
  similarToCommon: "This is close to a password that many people use.",
  wordByItself: "A single word is easy to guess.",
  namesByThemselves: "A name is easy to guess.",
  commonNames: "Common names are easy to guess.",
  userInputs: "Your name, your address and the name of this panel are easy to guess.",
};

const HELP: Record<string, string> = {
  anotherWord: "Add another word or two, the less common the better.",
  useWords: "Use several words that do not belong together.",
  noNeed: "Several words that do not belong together are enough: symbols, digits and capitals are not needed.",
  repeated: "Avoid repeating words and characters.",
  sequences: "Avoid sequences.",
  recentYears: "Avoid years.",
  associatedYears: "Avoid years that have to do with you.",
  dates: "Avoid dates that have to do with you.",
  longerKeyboardPattern: "Use words instead.",
  reverseWords: "Spelling a word backwards does not help much; another word does.",
  l33t: "Digits in place of letters do not help much; another word does.",
  capitalization: "A capital at the beginning does not help much; another word does.",
  allUppercase: "Capitals do not help much; another word does.",
};
