/** A button. What a script answers to cannot be pressed before that script listens. */
import { ButtonElement, type ButtonProps } from "./button-element.tsx";
import { ListeningButton } from "./listening-button.tsx";

export type { ButtonProps } from "./button-element.tsx";

export function Button(props: ButtonProps) {
  return Object.keys(props).some(isHandler) ? <ListeningButton {...props} /> : <ButtonElement {...props} />;
}

const isHandler = (prop: string): boolean => /^on[A-Z]/.test(prop);
