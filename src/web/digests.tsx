/** The digests of all views that were published after something that an election went through. */
import type { DigestsRow } from '../../projections/digests.view.js';
import { When, type Frame } from './layout.js';

/** `published`: absent while they are still to come. */
export function PublishedDigests({ frame, published }: { frame: Frame; published: DigestsRow | undefined }) {
  const { m, format } = frame;
  return (
    <section>
      <h2>{m.digests.title}</h2>
      {published === undefined ? (
        <p>{m.digests.pending}</p>
      ) : (
        <>
          <p>
            {m.digests.says} <a href="/api/v1/digests">{m.digests.all}</a>
          </p>
          <dl>
            <dt>{m.digests.index}</dt>
            <dd>{format.number(published.index)}</dd>
            <dt>{m.digests.at}</dt>
            <dd>
              <When frame={frame} at={published.at} />
            </dd>
            <dt>{m.digests.position}</dt>
            <dd>{format.number(published.position)}</dd>
            {published.digests.map(({ view, digest }) => (
              <>
                <dt>
                  <code>{view}</code>
                </dt>
                <dd>
                  <code>{digest}</code>
                </dd>
              </>
            ))}
          </dl>
        </>
      )}
    </section>
  );
}
