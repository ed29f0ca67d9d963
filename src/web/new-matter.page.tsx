/** The first step of filing a matter: its kind and what it is about, each one tap. */
import { Layout, otherThan, type Frame } from './layout.js';
import type { CategoryBranch, MatterNames } from './matter-names.js';
import { MATTER_WORDS } from './matter-words.js';

export interface NewMatterPageProps {
  frame: Frame;
  names: MatterNames;
  kind: string;
}

export function NewMatterPage({ frame, names, kind }: NewMatterPageProps) {
  const words = MATTER_WORDS[frame.language];
  const tree = names.tree(kind);
  const hasAny = names.tree().length > 0;
  return (
    <Layout frame={frame} title={words.file.title}>
      <p class="lead">{words.file.lead}</p>
      <p>
        <strong>{words.file.emergency}</strong>
      </p>
      {hasAny ? (
        <>
          <nav aria-labelledby="what">
            <h2 id="what">{words.file.what}</h2>
            <ul class="choices">
              {Object.entries(words.kinds).map(([id, name]) => (
                <li key={id}>
                  <a
                    class="button"
                    href={`/matters/new?kind=${id}`}
                    aria-current={id === kind ? 'true' : undefined}
                  >
                    {name}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          <nav aria-labelledby="about">
            <h2 id="about">{words.file.about}</h2>
            {tree.length === 0 && <p>{words.file.noneOfKind}</p>}
            {tree.map((branch) => (
              <Branch key={branch.id} frame={frame} kind={kind} branch={branch} />
            ))}
          </nav>
        </>
      ) : (
        <p class="empty">{words.file.none}</p>
      )}
    </Layout>
  );
}

interface BranchProps {
  frame: Frame;
  kind: string;
  branch: CategoryBranch;
}

/** A category with what lies in it, however deep. */
function Branch({ frame, kind, branch }: BranchProps) {
  const { name, isTaken, branches } = branch;
  if (branches.length === 0) {
    return (
      <ul class="choices">
        <Leaf frame={frame} kind={kind} branch={branch} />
      </ul>
    );
  }
  return (
    <section>
      <h3 lang={otherThan(frame.language, name.language)}>{name.text}</h3>
      <ul class="choices">
        {[...(isTaken ? [branch] : []), ...leaves(branches)].map((leaf) => (
          <Leaf key={leaf.id} frame={frame} kind={kind} branch={leaf} />
        ))}
      </ul>
    </section>
  );
}

/** What is deeper than two levels stands with its branch: a phone shows no third one. */
function leaves(branches: readonly CategoryBranch[]): CategoryBranch[] {
  return branches.flatMap((branch) => [...(branch.isTaken ? [branch] : []), ...leaves(branch.branches)]);
}

function Leaf({ frame, kind, branch: { id, name } }: BranchProps) {
  return (
    <li>
      <a
        class="button"
        href={`/matters/new?kind=${kind}&category=${encodeURIComponent(id)}`}
        lang={otherThan(frame.language, name.language)}
      >
        {name.text}
      </a>
    </li>
  );
}
