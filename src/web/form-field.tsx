/** One field of a form: label, hint, what is wrong with it, and the control that they belong to. */
import type { ComponentChildren, VNode } from 'preact';

/** What ties a control to its label, hint and fault. */
export interface Described {
  readonly id: string;
  readonly 'aria-invalid': 'true' | undefined;
  readonly 'aria-describedby': string | undefined;
}

interface FieldProps {
  id: string;
  label: ComponentChildren;
  hint?: string | undefined;
  fault?: string | undefined;
  children: (described: Described) => VNode;
}

export function Field({ id, label, hint, fault, children }: FieldProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <HintAndFault id={id} hint={hint} fault={fault} />
      {children(describe(id, hint, fault))}
    </div>
  );
}

/** Several controls that are one question. */
export function FieldGroup({
  id,
  label,
  hint,
  fault,
  children,
}: Omit<FieldProps, 'children'> & { children: ComponentChildren }) {
  const described = describe(id, hint, fault);
  return (
    <fieldset class="field" id={id} aria-describedby={described['aria-describedby']}>
      <legend>{label}</legend>
      <HintAndFault id={id} hint={hint} fault={fault} />
      {children}
    </fieldset>
  );
}

function describe(id: string, hint: string | undefined, fault: string | undefined): Described {
  const parts = [
    ...(hint === undefined ? [] : [`${id}-hint`]),
    ...(fault === undefined ? [] : [`${id}-fault`]),
  ];
  return {
    id,
    'aria-invalid': fault === undefined ? undefined : 'true',
    'aria-describedby': parts.length === 0 ? undefined : parts.join(' '),
  };
}

function HintAndFault({ id, hint, fault }: Pick<FieldProps, 'id' | 'hint' | 'fault'>) {
  return (
    <>
      {hint !== undefined && (
        <p id={`${id}-hint`} class="small">
          {hint}
        </p>
      )}
      {fault !== undefined && (
        <p id={`${id}-fault`} class="fault" role="alert">
          {fault}
        </p>
      )}
    </>
  );
}

interface EmailInputProps {
  described: Described;
  value: string | undefined;
  required?: boolean;
}

export function EmailInput({ described, value, required = false }: EmailInputProps) {
  return (
    <input
      {...described}
      name="email"
      type="email"
      autocomplete="email"
      maxLength={254}
      required={required}
      value={value}
    />
  );
}

/** Of the kinds that are taken. A phone offers its camera, too. */
export function PhotoInput({ described }: { described: Described }) {
  return <input {...described} name="photo" type="file" accept="image/jpeg,image/png,image/webp" multiple />;
}

interface Named {
  readonly text: string;
  readonly language: string;
}

interface SelectChoice {
  readonly id: string;
  readonly name: Named;
  /** Those of one group come one after another. */
  readonly group?: Named;
}

interface SelectProps {
  described: Described;
  name: string;
  choices: readonly SelectChoice[];
  chosen: string | undefined;
  /** What stands first, for nothing chosen. */
  none?: string | undefined;
  required?: boolean;
}

export function Select({ described, name, choices, chosen, none, required = false }: SelectProps) {
  const option = (choice: SelectChoice) => (
    <option key={choice.id} value={choice.id} lang={choice.name.language} selected={choice.id === chosen}>
      {choice.name.text}
    </option>
  );
  return (
    <select {...described} name={name} required={required}>
      {none !== undefined && <option value="">{none}</option>}
      {grouped(choices).map(({ group, together }) =>
        group === undefined ? (
          together.map(option)
        ) : (
          <optgroup key={group.text} label={group.text} lang={group.language}>
            {together.map(option)}
          </optgroup>
        ),
      )}
    </select>
  );
}

function grouped(choices: readonly SelectChoice[]) {
  const groups: { group: Named | undefined; together: SelectChoice[] }[] = [];
  for (const choice of choices) {
    const last = groups.at(-1);
    if (last !== undefined && last.group?.text === choice.group?.text) last.together.push(choice);
    else groups.push({ group: choice.group, together: [choice] });
  }
  return groups;
}
