/** A form for one identifier that somebody copied from elsewhere. */

interface SearchFormProps {
  action: string;
  name: string;
  label: string;
  hint: string;
  button: string;
  length: number;
  typed: string | undefined;
  fault: string | undefined;
  /** The moment that the page shows. */
  asOf?: string | undefined;
}

/** A form that works by its address alone. What was typed wrongly stays, with the word of what is wrong. */
export function SearchForm({
  action,
  name,
  label,
  hint,
  button,
  length,
  typed,
  fault,
  asOf,
}: SearchFormProps) {
  return (
    <form method="get" action={action} class="field">
      {asOf !== undefined && <input type="hidden" name="asOf" value={asOf} />}
      <label for={name}>{label}</label>
      <p id={`${name}-hint`} class="small">
        {hint}
      </p>
      {fault !== undefined && (
        <p id={`${name}-fault`} class="fault" role="alert">
          {fault}
        </p>
      )}
      <input
        id={name}
        name={name}
        value={typed}
        size={length}
        // With room for what is copied around it.
        maxLength={length + 20}
        required
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        aria-invalid={fault === undefined ? undefined : 'true'}
        aria-describedby={fault === undefined ? `${name}-hint` : `${name}-hint ${name}-fault`}
      />
      <button>{button}</button>
    </form>
  );
}
