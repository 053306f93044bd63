/** The look of the frame's popovers and of what stands in them. */
export const popoverPanel =
  "fixed inset-auto m-0 w-[208px] rounded-lg border border-line bg-panel p-1 text-text shadow-lg max-md:w-[256px]";

export const popoverItem =
  "flex min-h-[30px] w-full items-center gap-2 rounded-[5px] px-2 py-1 text-start text-text no-underline " +
  "-outline-offset-2 hover:bg-line2 pointer-coarse:min-h-10 [&_svg]:size-3.5 [&_svg]:shrink-0";
