/** A rating and, if one likes, why. */
"use client";
import { useRouter } from "next/navigation";
import { Radio } from "#components/ui/checkbox.tsx";
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
          <fieldset className="flex flex-col gap-1">
            <legend className="mb-1 font-medium">How is it to work with?</legend>
            {WORDS.map((word, place) => (
              <Radio
                key={word}
                name="rating"
                value={place + 1}
                label={`${place + 1}, ${word.toLowerCase()}`}
                required
              />
            ))}
            {errors.rating && <p className="text-xs text-bad">{errors.rating}</p>}
          </fieldset>
          <Field label="What should be better, or stay as it is?" optional error={errors.message}>
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
