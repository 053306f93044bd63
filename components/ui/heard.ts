/** Whether a script answers to an element with these properties. */
export const isHeard = (props: object): boolean => Object.keys(props).some((prop) => /^on[A-Z]/.test(prop));
