/** One line among those that are found by what is typed: the arrow keys and a click choose it. */
export const choiceClass =
  "flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2 py-1.5 text-text select-none " +
  "data-[selected=true]:bg-accent-bg pointer-coarse:min-h-11 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-faint";
