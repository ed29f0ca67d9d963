/** Where staff covers a part of a photo: boxes by numbers or, with the script, drawn; looked at before they are burnt in. */
import { DESK_WORDS, deskRefusal } from './desk-words.js';
import { Layout, type Frame } from './layout.js';
import { MATTER_WORDS } from './matter-words.js';
import { staffPhotoAddress } from './staff-photos.js';

/** Boxes that a form has. */
export const MOST_DRAWN = 8;
export const SIDES = ['left', 'top', 'width', 'height'] as const;

/** As it was typed: per cent. */
export type TypedBox = Readonly<Record<(typeof SIDES)[number], string>>;

export interface RedactionPageProps {
  frame: Frame;
  matterId: string;
  photo: string;
  /** Which photo of the matter it is, from 0, and of how many. */
  index: number;
  count: number;
  typed: readonly TypedBox[];
  /** JPEG with the boxes, base64. */
  preview: string | undefined;
  refused: string | undefined;
  commandId: string;
  script: string | undefined;
}

export function RedactionPage(props: RedactionPageProps) {
  const { frame, matterId, photo, index, count, preview, refused, commandId, script } = props;
  const { language, format } = frame;
  const { redaction: words, back } = DESK_WORDS[language];
  const name = MATTER_WORDS[language].photo(format.number(index + 1), format.number(count));
  return (
    <Layout frame={frame} title={words.title} isPrivate script={script}>
      <p>
        <a href={`/staff/matters/${matterId}`}>{back}</a>
      </p>
      <p>{words.say}</p>
      {refused !== undefined && (
        <div class="alert" role="alert">
          <p>{deskRefusal(language, refused)}</p>
        </div>
      )}
      {preview !== undefined && <Preview {...props} preview={preview} />}
      <form method="post" action={`/staff/matters/${matterId}/photos/${photo}`} data-redaction>
        <input type="hidden" name="commandId" value={commandId} />
        <p data-help hidden>
          {words.draw}
        </p>
        <div class="drawn-on" data-picture data-box={words.box}>
          <img src={staffPhotoAddress(matterId, photo)} alt={name} />
        </div>
        <p>
          <button type="button" class="quiet" data-add hidden>
            {words.add}
          </button>
        </p>
        <Boxes {...props} />
        <button>{words.preview}</button>
      </form>
    </Layout>
  );
}

/** A form of its own, so that nothing is burnt in but what was looked at. */
function Preview({
  frame,
  matterId,
  photo,
  typed,
  commandId,
  preview,
}: RedactionPageProps & { preview: string }) {
  const { redaction: words } = DESK_WORDS[frame.language];
  return (
    <section class="found">
      <h2>{words.previewTitle}</h2>
      <p>
        <img class="shown" src={`data:image/jpeg;base64,${preview}`} alt={words.previewTitle} />
      </p>
      <p>{words.previewSay}</p>
      <form method="post" action={`/staff/matters/${matterId}/photos/${photo}`}>
        <input type="hidden" name="commandId" value={commandId} />
        <input type="hidden" name="step" value="burn" />
        {typed.flatMap((box, row) =>
          SIDES.map((side) => (
            <input key={`${side}-${row}`} type="hidden" name={`${side}-${row}`} value={box[side]} />
          )),
        )}
        <button>{words.burn}</button>
      </form>
    </section>
  );
}

function Boxes({ frame, typed }: RedactionPageProps) {
  const { language, format } = frame;
  const { redaction: words } = DESK_WORDS[language];
  const rows = Array.from({ length: MOST_DRAWN }, (_, index) => typed[index]);
  return (
    <div class="scroll" tabindex={0} role="group" aria-label={words.boxes}>
      <table class="boxes">
        <caption>{words.boxes}</caption>
        <thead>
          <tr>
            <th scope="col">{words.box}</th>
            {SIDES.map((side) => (
              <th key={side} scope="col">
                {words[side]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((box, row) => (
            <tr key={row} data-row>
              <th scope="row">{format.number(row + 1)}</th>
              {SIDES.map((side) => (
                <td key={side}>
                  <input
                    name={`${side}-${row}`}
                    type="number"
                    min={0}
                    max={100}
                    step={0.1}
                    aria-label={words.of(words[side], format.number(row + 1))}
                    value={box?.[side]}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="small">{words.boxesSay}</p>
    </div>
  );
}
