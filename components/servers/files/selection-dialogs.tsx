/** Where files are moved to, and who may read, write and run them. */
"use client";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { joined } from "./paths.ts";
import { counted, type Selection } from "./selection-bar.tsx";

type Props = Selection & { onClose: () => void };

export const MoveDialog = ({ server, folder, names, ...rest }: Props) => (
  <FormDialog
    {...rest}
    refresh={false}
    size="sm"
    title={`Move ${counted(names)}`}
    submit="Move"
    call={(api, values) => {
      const to = values("to").trim();
      const target = to.startsWith("/") ? to : joined(folder, to);
      return api.servers.files.move({
        server,
        files: names.map((name) => ({ from: joined(folder, name), to: `${target}/${name}` })),
      });
    }}
  >
    {(errors) => (
      <Field
        label="Into the folder"
        hint="From the top with a slash, such as /plugins; without one from here. It is made where it is missing."
        error={Object.values(errors)[0]}
      >
        <Input name="to" mono required autoComplete="off" defaultValue={folder === "/" ? "/" : `${folder}/`} />
      </Field>
    )}
  </FormDialog>
);

export const ModeDialog = ({ server, folder, names, ...rest }: Props) => (
  <FormDialog
    {...rest}
    refresh={false}
    size="sm"
    title={`Permissions of ${counted(names)}`}
    submit="Save"
    call={(api, values) => api.servers.files.mode({ server, folder, names: [...names], mode: values("mode").trim() })}
  >
    {(errors) => (
      <Field
        label="Permissions"
        hint="Three digits for the server, its group and everybody: 4 read, 2 write, 1 run. 644 is usual for files, 755 for folders and programs."
        error={errors.mode}
      >
        <Input name="mode" mono required inputMode="numeric" autoComplete="off" maxLength={3} defaultValue="644" />
      </Field>
    )}
  </FormDialog>
);
