/** What a daemon's version means for those whose servers it runs. Pure. */

/** Whether the daemon asks what a token is for, and can refuse a person. Of one that has not said what it is nothing is believed. */
export const hasScopes = (version: string | null): boolean => version !== null && warningAbout(version) === null;

/** A sentence, or null where there is nothing to say. */
export function warningAbout(version: string | null): string | null {
  if (version === null || version === "develop") return null;
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined) return "This version of the daemon is not known to the panel.";
  // Pelican counts from 1.0.0 again, and is no older than Wings 1.12.2 where it matters.
  if (Number(major) === 1 && Number(minor) < 11) return Number(minor) === 0 ? null : TOO_OLD;
  const old = Number(major) === 1 && (Number(minor) < 12 || (Number(minor) === 12 && Number(patch) < 2));
  return old ? TRADABLE : null;
}

/** Why a server cannot be sent from one to the other, as far as that is known: a sentence, or null. */
export function exchangeProblem(from: string | null, to: string | null): string | null {
  const families = [from, to].map(familyOf);
  if (families.includes("old")) return TOO_OLD;
  if (families.includes("pelican") && families.includes("wings"))
    return "Pelican’s daemon and Wings cannot send servers to each other.";
  return null;
}

function familyOf(version: string | null): "wings" | "pelican" | "old" | "unknown" {
  const [, major, minor] = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version ?? "") ?? [];
  if (major === undefined) return "unknown";
  // Pelican counts from 1.0.0 again.
  if (major === "1" && minor === "0") return "pelican";
  return Number(major) === 0 || (major === "1" && Number(minor) < 11) ? "old" : "wings";
}

const TOO_OLD = "The panel speaks with Wings 1.11 and later. Update the daemon.";
const TRADABLE =
  "Before Wings 1.12.2 a token for a console or a download can be used for uploads as well. Update the daemon before people who are not trusted get servers here.";
