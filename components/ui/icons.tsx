/** The icons: one element each, whose drawing is a string. Their strokes and size are `.icon` in `globals.css`. */
import {
  Archive as archive,
  ArrowDown as arrowDown,
  ArrowLeft as arrowLeft,
  ArrowRight as arrowRight,
  ArrowUp as arrowUp,
  Building2 as building2,
  Cable as cable,
  CalendarClock as calendarClock,
  ChartLine as chartLine,
  Check as check,
  ChevronDown as chevronDown,
  ChevronFirst as chevronFirst,
  ChevronLast as chevronLast,
  ChevronLeft as chevronLeft,
  ChevronRight as chevronRight,
  ChevronsUpDown as chevronsUpDown,
  CircleAlert as circleAlert,
  CircleCheck as circleCheck,
  CircleHelp as circleHelp,
  ClipboardPaste as clipboardPaste,
  CloudAlert as cloudAlert,
  Copy as copy,
  Database as database,
  Download as download,
  Egg as egg,
  Eye as eye,
  EyeOff as eyeOff,
  File as file,
  FileArchive as fileArchive,
  FileText as fileText,
  FileUp as fileUp,
  FlaskConical as flaskConical,
  Folder as folder,
  FolderOpen as folderOpen,
  FolderSymlink as folderSymlink,
  FolderX as folderX,
  Globe as globe,
  HardDrive as hardDrive,
  HeartPulse as heartPulse,
  History as history,
  Hourglass as hourglass,
  type IconNode,
  Info as info,
  Keyboard as keyboard,
  KeyRound as keyRound,
  LayoutDashboard as layoutDashboard,
  LayoutTemplate as layoutTemplate,
  Link2 as link2,
  LoaderCircle as loaderCircle,
  Lock as lock,
  LogOut as logOut,
  Mail as mail,
  Megaphone as megaphone,
  Menu as menu,
  MessageSquareHeart as messageSquareHeart,
  Monitor as monitor,
  Moon as moon,
  Plus as plus,
  Radio as radio,
  Redo2 as redo2,
  ScrollText as scrollText,
  Search as search,
  SearchX as searchX,
  Server as server,
  Settings as settings,
  ShieldCheck as shieldCheck,
  SlidersHorizontal as slidersHorizontal,
  Square as square,
  SquareTerminal as squareTerminal,
  Star as star,
  Sun as sun,
  Trash2 as trash2,
  TriangleAlert as triangleAlert,
  Undo2 as undo2,
  Upload as upload,
  UserCog as userCog,
  UserPlus as userPlus,
  Users as users,
  UserX as userX,
  X as x,
} from "lucide";
import type { ComponentProps } from "react";

export type Icon = (props: ComponentProps<"svg">) => React.JSX.Element;

/** A component for each line and circle would cost a page more than its text: lists of the Staff Portal have fifty icons. */
function icon(node: IconNode): Icon {
  const drawing = { __html: node.map(markup).join("") };
  return ({ className, ...rest }) => (
    <svg
      aria-hidden={rest["aria-label"] === undefined ? true : undefined}
      viewBox="0 0 24 24"
      className={className ? `icon ${className}` : "icon"}
      {...rest}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: drawings of the library alone
      dangerouslySetInnerHTML={drawing}
    />
  );
}

const markup = ([tag, attributes]: IconNode[number]): string =>
  `<${tag} ${Object.entries(attributes)
    .map(([name, value]) => `${name}="${value}"`)
    .join(" ")}/>`;

export const Archive = /* @__PURE__ */ icon(archive);
export const ArrowDown = /* @__PURE__ */ icon(arrowDown);
export const ArrowLeft = /* @__PURE__ */ icon(arrowLeft);
export const ArrowRight = /* @__PURE__ */ icon(arrowRight);
export const ArrowUp = /* @__PURE__ */ icon(arrowUp);
export const Building2 = /* @__PURE__ */ icon(building2);
export const Cable = /* @__PURE__ */ icon(cable);
export const CalendarClock = /* @__PURE__ */ icon(calendarClock);
export const ChartLine = /* @__PURE__ */ icon(chartLine);
export const Check = /* @__PURE__ */ icon(check);
export const ChevronDown = /* @__PURE__ */ icon(chevronDown);
export const ChevronFirst = /* @__PURE__ */ icon(chevronFirst);
export const ChevronLast = /* @__PURE__ */ icon(chevronLast);
export const ChevronLeft = /* @__PURE__ */ icon(chevronLeft);
export const ChevronRight = /* @__PURE__ */ icon(chevronRight);
export const ChevronsUpDown = /* @__PURE__ */ icon(chevronsUpDown);
export const CircleAlert = /* @__PURE__ */ icon(circleAlert);
export const CircleCheck = /* @__PURE__ */ icon(circleCheck);
export const CircleHelp = /* @__PURE__ */ icon(circleHelp);
export const ClipboardPaste = /* @__PURE__ */ icon(clipboardPaste);
export const CloudAlert = /* @__PURE__ */ icon(cloudAlert);
export const Copy = /* @__PURE__ */ icon(copy);
export const Database = /* @__PURE__ */ icon(database);
export const Download = /* @__PURE__ */ icon(download);
export const Egg = /* @__PURE__ */ icon(egg);
export const Eye = /* @__PURE__ */ icon(eye);
export const EyeOff = /* @__PURE__ */ icon(eyeOff);
export const File = /* @__PURE__ */ icon(file);
export const FileArchive = /* @__PURE__ */ icon(fileArchive);
export const FileText = /* @__PURE__ */ icon(fileText);
export const FileUp = /* @__PURE__ */ icon(fileUp);
export const FlaskConical = /* @__PURE__ */ icon(flaskConical);
export const Folder = /* @__PURE__ */ icon(folder);
export const FolderOpen = /* @__PURE__ */ icon(folderOpen);
export const FolderSymlink = /* @__PURE__ */ icon(folderSymlink);
export const FolderX = /* @__PURE__ */ icon(folderX);
export const Globe = /* @__PURE__ */ icon(globe);
export const HardDrive = /* @__PURE__ */ icon(hardDrive);
export const HeartPulse = /* @__PURE__ */ icon(heartPulse);
export const History = /* @__PURE__ */ icon(history);
export const Hourglass = /* @__PURE__ */ icon(hourglass);
export const Info = /* @__PURE__ */ icon(info);
export const KeyRound = /* @__PURE__ */ icon(keyRound);
export const Keyboard = /* @__PURE__ */ icon(keyboard);
export const LayoutDashboard = /* @__PURE__ */ icon(layoutDashboard);
export const LayoutTemplate = /* @__PURE__ */ icon(layoutTemplate);
export const Link2 = /* @__PURE__ */ icon(link2);
export const LoaderCircle = /* @__PURE__ */ icon(loaderCircle);
export const Lock = /* @__PURE__ */ icon(lock);
export const LogOut = /* @__PURE__ */ icon(logOut);
export const Mail = /* @__PURE__ */ icon(mail);
export const Megaphone = /* @__PURE__ */ icon(megaphone);
export const Menu = /* @__PURE__ */ icon(menu);
export const MessageSquareHeart = /* @__PURE__ */ icon(messageSquareHeart);
export const Monitor = /* @__PURE__ */ icon(monitor);
export const Moon = /* @__PURE__ */ icon(moon);
export const Plus = /* @__PURE__ */ icon(plus);
export const Radio = /* @__PURE__ */ icon(radio);
export const Redo2 = /* @__PURE__ */ icon(redo2);
export const ScrollText = /* @__PURE__ */ icon(scrollText);
export const Search = /* @__PURE__ */ icon(search);
export const SearchX = /* @__PURE__ */ icon(searchX);
export const Server = /* @__PURE__ */ icon(server);
export const Settings = /* @__PURE__ */ icon(settings);
export const ShieldCheck = /* @__PURE__ */ icon(shieldCheck);
export const SlidersHorizontal = /* @__PURE__ */ icon(slidersHorizontal);
export const Square = /* @__PURE__ */ icon(square);
export const SquareTerminal = /* @__PURE__ */ icon(squareTerminal);
export const Star = /* @__PURE__ */ icon(star);
export const Sun = /* @__PURE__ */ icon(sun);
export const Trash2 = /* @__PURE__ */ icon(trash2);
export const TriangleAlert = /* @__PURE__ */ icon(triangleAlert);
export const Undo2 = /* @__PURE__ */ icon(undo2);
export const Upload = /* @__PURE__ */ icon(upload);
export const UserCog = /* @__PURE__ */ icon(userCog);
export const UserPlus = /* @__PURE__ */ icon(userPlus);
export const UserX = /* @__PURE__ */ icon(userX);
export const Users = /* @__PURE__ */ icon(users);
export const X = /* @__PURE__ */ icon(x);
