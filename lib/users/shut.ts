/** Whether an account lets nobody in, whatever they show: suspended, or about to be deleted. */
export const isShut = (account: { suspendedAt: number | null; deletionDueAt: number | null }): boolean =>
  account.suspendedAt !== null || account.deletionDueAt !== null;
