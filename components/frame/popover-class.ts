/** The look of the frame's popovers and of what stands in them. */
export const popoverPanel =
  "fixed inset-auto m-0 w-[208px] rounded-lg border border-line bg-panel p-1 text-text shadow-lg max-md:w-[256px]";

export const popoverItem = "menu-item [&_svg]:size-3.5 [&_svg]:shrink-0";
