/** A rating and, if one likes, why. */
"use client";
import { useRouter } from "next/navigation";
import { Field } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { toast } from "#components/ui/toast.tsx";

const WORDS = ["Bad", "Poor", "Fair", "Good", "Very good"];

export function FeedbackForm() {
  const router = useRouter();
  return (
    <Form
      call={(api, values) => api.feedback.give({ rating: Number(values("rating")), message: values("message") })}
      onDone={() => {
        toast("Thank you");
        router.refresh();
      }}
    >
      {({ errors, pending, banner }) => (
        <div className="flex flex-col gap-4">
          {banner}
          <fieldset>
            <legend className="mb-1.5 font-medium">How do you like working with it?</legend>
            <div className="grid gap-2 sm:grid-cols-5">
              {WORDS.map((word, place) => (
                <label
                  key={word}
                  className="flex min-h-10 cursor-pointer items-center justify-center gap-1.5 rounded-md border border-edge px-2 hover:bg-hover has-checked:border-accent has-checked:bg-accent-bg has-checked:font-medium has-checked:text-accent has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
                >
                  <input type="radio" name="rating" value={place + 1} required className="sr-only" />
                  <span className="tabular-nums">{place + 1}</span>
                  {word}
                </label>
              ))}
            </div>
            {errors.rating && <p className="mt-1 text-xs text-bad">{errors.rating}</p>}
          </fieldset>
          <Field label="What should change, and what should stay?" optional error={errors.message}>
            <Textarea name="message" rows={5} maxLength={4000} />
          </Field>
          <div>
            <Submit pending={pending}>Send</Submit>
          </div>
        </div>
      )}
    </Form>
  );
}
