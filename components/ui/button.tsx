/** A button. What a script answers to cannot be pressed before that script listens. */
import { ButtonElement, type ButtonProps } from "./button-element.tsx";
import { isHeard } from "./heard.ts";
import { ListeningButton } from "./listening-button.tsx";

export type { ButtonProps } from "./button-element.tsx";

export function Button(props: ButtonProps) {
  return isHeard(props) ? <ListeningButton {...props} /> : <ButtonElement {...props} />;
}
