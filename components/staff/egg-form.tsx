/** Everything of an egg but its variables, to be read by all and changed by some. */
"use client";
import { useRouter } from "next/navigation";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form, type Values } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { OneEgg } from "./egg-detail.tsx";

export function EggForm({ egg, writes }: { egg: OneEgg; writes: boolean }) {
  const router = useRouter();
  const locked = { readOnly: !writes };
  return (
    <Form
      className="flex flex-col gap-5"
      call={(api, values) => api.eggs.edit({ egg: egg.id, revision: egg.revision, ...valuesOf(values) })}
      onDone={() => {
        toast("The egg is saved");
        router.refresh();
      }}
    >
      {({ errors, pending, banner }) => {
        const footer = writes && <Submit pending={pending}>Save</Submit>;
        return (
          <>
            {banner}
            <Panel title="About it" footer={footer}>
              <FieldGroup>
                <FieldGroup columns={2}>
                  <Field label="Name" error={errors.name}>
                    <Input name="name" required defaultValue={egg.name} {...locked} />
                  </Field>
                  <Field label="Author" optional error={errors.author}>
                    <Input name="author" defaultValue={egg.author} {...locked} />
                  </Field>
                </FieldGroup>
                <Field label="Description" optional error={errors.description}>
                  <Textarea name="description" rows={2} defaultValue={egg.description} {...locked} />
                </Field>
                <Field
                  label="Kept at"
                  optional
                  hint="Where newer versions of it are fetched from."
                  error={errors.updateUrl}
                >
                  <Input name="updateUrl" type="url" mono defaultValue={egg.updateUrl ?? ""} {...locked} />
                </Field>
                <Field
                  label="Features"
                  optional
                  hint="One a line: what the pages of its servers offer, such as eula or pid_limit."
                  error={errors.features}
                >
                  <Textarea name="features" mono rows={2} defaultValue={(egg.features ?? []).join("\n")} {...locked} />
                </Field>
                <Checkbox
                  name="visible"
                  label="Offered"
                  hint="People can pick it when they create a server."
                  defaultChecked={egg.visible}
                  disabled={!writes}
                />
              </FieldGroup>
            </Panel>
            <Panel title="How it runs" footer={footer}>
              <FieldGroup>
                <Field
                  label="Images"
                  hint="One a line, with a name before it if it has one: Java 21 = ghcr.io/ptero-eggs/yolks:java_21. The first is what a server gets."
                  error={errors.images}
                >
                  <Textarea name="images" mono rows={2} defaultValue={imagesAsText(egg.images)} {...locked} />
                </Field>
                <Field label="Startup command" hint="{{NAME}} stands for a variable." error={errors.startup}>
                  <Textarea name="startup" mono rows={2} defaultValue={egg.startup} {...locked} />
                </Field>
                <Field
                  label="Stop command"
                  hint="Typed into the console, or a signal such as ^C. Wings before 1.12 kills at ^C."
                  error={errors.stop}
                >
                  <Input name="stop" mono defaultValue={egg.stop} {...locked} />
                </Field>
                <Field
                  label="Startup detection"
                  hint="JSON: “done” is what the console says once the server has started; regex: before it makes it an expression."
                  error={errors.configStartup}
                >
                  <Textarea name="configStartup" mono rows={3} defaultValue={egg.configStartup} {...locked} />
                </Field>
                <Field
                  label="Configuration files"
                  hint="JSON: for each file its parser, and what to find and to put there at every start."
                  error={errors.configFiles}
                >
                  <Textarea name="configFiles" mono rows={5} defaultValue={egg.configFiles} {...locked} />
                </Field>
                <Field label="Logs" optional hint="JSON. Wings makes no use of it." error={errors.configLogs}>
                  <Textarea name="configLogs" mono rows={2} defaultValue={egg.configLogs} {...locked} />
                </Field>
                <Field
                  label="Files nobody may touch"
                  optional
                  hint="One pattern a line, as in .gitignore. Wings before 1.12 lets them be read."
                  error={errors.fileDenylist}
                >
                  <Textarea name="fileDenylist" mono rows={2} defaultValue={egg.fileDenylist.join("\n")} {...locked} />
                </Field>
                <Checkbox
                  name="forceOutgoingIp"
                  label="Send from the server’s own address"
                  hint="What its servers send comes from the address of their first allocation."
                  defaultChecked={egg.forceOutgoingIp}
                  disabled={!writes}
                />
              </FieldGroup>
            </Panel>
            <Panel
              title="How it is installed"
              description="The script runs as root in a container of its own; /mnt/server holds the server’s files."
              footer={footer}
            >
              <FieldGroup>
                <FieldGroup columns={2}>
                  <Field label="Image for the script" error={errors.scriptContainer}>
                    <Input name="scriptContainer" mono defaultValue={egg.scriptContainer} {...locked} />
                  </Field>
                  <Field label="What runs it" hint="Such as bash or ash." error={errors.scriptEntrypoint}>
                    <Input name="scriptEntrypoint" mono defaultValue={egg.scriptEntrypoint} {...locked} />
                  </Field>
                </FieldGroup>
                <Field label="Script" optional error={errors.script}>
                  <Textarea name="script" mono rows={8} defaultValue={egg.script} {...locked} />
                </Field>
              </FieldGroup>
            </Panel>
          </>
        );
      }}
    </Form>
  );
}

/** A browser sends texts with the line breaks of a form. */
const plainLines = (text: string): string => text.replaceAll("\r\n", "\n");
const linesOf = (text: string): string[] =>
  plainLines(text)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

function valuesOf(values: Values) {
  const features = linesOf(values("features"));
  const updateUrl = values("updateUrl").trim();
  return {
    name: values("name"),
    author: values("author"),
    description: plainLines(values("description")),
    updateUrl: updateUrl === "" ? null : updateUrl,
    features: features.length === 0 ? null : features,
    visible: values("visible") === "on",
    images: imagesFromText(values("images")),
    startup: plainLines(values("startup")),
    stop: values("stop"),
    configStartup: plainLines(values("configStartup")),
    configFiles: plainLines(values("configFiles")),
    configLogs: plainLines(values("configLogs")),
    fileDenylist: linesOf(values("fileDenylist")),
    forceOutgoingIp: values("forceOutgoingIp") === "on",
    scriptContainer: values("scriptContainer"),
    scriptEntrypoint: values("scriptEntrypoint"),
    script: plainLines(values("script")),
  };
}

const imagesAsText = (images: OneEgg["images"]): string =>
  images.map(([label, image]) => (label === image ? image : `${label} = ${image}`)).join("\n");

/** What stands after the last sign is the image: a name may have one too. */
const imagesFromText = (text: string): [string, string][] =>
  linesOf(text).map((line) => {
    const at = line.lastIndexOf(" = ");
    return at < 0 ? [line, line] : [line.slice(0, at).trim(), line.slice(at + 3).trim()];
  });
