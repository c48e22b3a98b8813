import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Form } from "react-aria-components";
import { useNavigate } from "react-router";
import { useCommandKey } from "../api/use-command-key.ts";
import { useApp } from "../app.tsx";
import { texts } from "../texts/en.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Failure } from "../ui/parts.tsx";

const words = texts.eventForm;
/** As long as a name may be (the platform refuses longer ones). */
const MAX_NAME_LENGTH = 120;

/** Creates an event and goes to its page. */
export function EventForm({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Dialog title={words.title} isOpen={isOpen} onClose={onClose}>
      <EventFormBody onClose={onClose} />
    </Dialog>
  );
}

function EventFormBody({ onClose }: { onClose: () => void }) {
  const { api } = useApp();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [name, setName] = useState("");
  const [startsOn, setStartsOn] = useState("");
  const [endsOn, setEndsOn] = useState("");
  const [tried, setTried] = useState(false);
  // Pressing twice, or trying again after a lost answer, creates one event.
  const keyOf = useCommandKey();
  const nameError = tried && name.trim() === "" ? words.nameMissing : undefined;
  const datesError = startsOn !== "" && endsOn !== "" && endsOn < startsOn ? words.datesReversed : undefined;

  const create = useMutation({
    mutationFn: () => {
      const body = {
        name: name.trim(),
        ...(startsOn === "" ? {} : { starts_on: startsOn }),
        ...(endsOn === "" ? {} : { ends_on: endsOn }),
      };
      return api.createEvent(body, keyOf(body));
    },
    onSuccess: async ({ id }) => {
      void cache.invalidateQueries({ queryKey: ["events"] });
      await navigate(`/events/${id}`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() !== "" && datesError === undefined && !create.isPending) create.mutate();
  };
  return (
    <Form className="form" onSubmit={submit} validationBehavior="aria">
      <Field
        label={words.name}
        value={name}
        onChange={setName}
        error={nameError}
        placeholder={words.namePlaceholder}
        maxLength={MAX_NAME_LENGTH}
        autoFocus
      />
      <div className="form-pair">
        <Field
          type="date"
          label={words.startsOn}
          hint={words.optional}
          value={startsOn}
          onChange={setStartsOn}
        />
        <Field
          type="date"
          label={words.endsOn}
          hint={words.optional}
          value={endsOn}
          onChange={setEndsOn}
          error={datesError}
        />
      </div>
      {create.isError && <Failure error={create.error} />}
      <div className="form-end">
        <Button look="quiet" onPress={onClose}>
          {words.cancel}
        </Button>
        <Button type="submit" look="primary" pending={create.isPending}>
          {create.isPending ? words.saving : words.save}
        </Button>
      </div>
    </Form>
  );
}
