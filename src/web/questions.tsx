/** The questions of a category as fields of a form; what is only to be read is read. */
import type { NamedCategory } from '../categories/categories.queries.js';
import type { Faults, Typed } from './filing-form.js';
import { Field, FieldGroup, type Described } from './form-field.js';
import { otherThan, type Frame } from './layout.js';
import type { MatterNames } from './matter-names.js';
import { MATTER_WORDS, refusalInWords } from './matter-words.js';
import type { Words } from './languages.js';

type Question = NamedCategory['row']['questions'][number];

interface QuestionsProps {
  frame: Frame;
  names: MatterNames;
  category: NamedCategory;
  typed: Typed;
  faults: Faults;
}

export function Questions(props: QuestionsProps) {
  const inOrder = [...props.category.row.questions].sort((a, b) => a.order - b.order);
  return (
    <>
      {inOrder.map((question) => (
        <OneQuestion key={question.code} {...props} question={question} />
      ))}
    </>
  );
}

function OneQuestion({
  frame,
  names,
  category,
  typed,
  faults,
  question,
}: QuestionsProps & { question: Question }) {
  const { language } = frame;
  const { texts } = category;
  const { code, datatype, required, variable, values } = question;
  const said = names.said(texts, question.text) ?? { text: code, language };
  if (!variable) {
    return (
      <p class="said" lang={otherThan(language, said.language)}>
        {said.text}
      </p>
    );
  }
  const name = `answers.${code}`;
  const given = typed.answers[code] ?? [];
  const rest = {
    id: `question-${code}`,
    hint: names.said(texts, question.hint)?.text,
    fault: faults[name] && refusalInWords(language, faults[name]),
    label: <Label frame={frame} words={said} isRequired={required} />,
  };
  if (datatype === 'singlevaluelist' || datatype === 'multivaluelist') {
    const type = datatype === 'singlevaluelist' ? 'radio' : 'checkbox';
    return (
      <FieldGroup {...rest}>
        {values.map(({ key, name: ref }) => {
          const value = names.said(texts, ref) ?? { text: key, language };
          return (
            <label key={key} class="tick">
              <input
                type={type}
                name={name}
                value={key}
                required={type === 'radio' && required}
                checked={given.includes(key)}
              />{' '}
              <span lang={otherThan(language, value.language)}>{value.text}</span>
            </label>
          );
        })}
      </FieldGroup>
    );
  }
  return (
    <Field {...rest}>
      {(described) => (
        <Control described={described} question={question} name={name} value={given[0] ?? ''} />
      )}
    </Field>
  );
}

function Control({
  described,
  question: { datatype, required },
  name,
  value,
}: {
  described: Described;
  question: Question;
  name: string;
  value: string;
}) {
  const rest = { ...described, name, value, required };
  switch (datatype) {
    case 'text':
      return <textarea {...rest} rows={3} maxLength={1_000} />;
    case 'number':
      return <input {...rest} inputMode="decimal" maxLength={30} />;
    case 'datetime':
      return <input {...rest} type="datetime-local" />;
    default:
      return <input {...rest} maxLength={1_000} />;
  }
}

function Label({ frame, words, isRequired }: { frame: Frame; words: Words; isRequired: boolean }) {
  return (
    <>
      <span lang={otherThan(frame.language, words.language)}>{words.text}</span>
      {!isRequired && ` (${MATTER_WORDS[frame.language].file.optional})`}
    </>
  );
}
