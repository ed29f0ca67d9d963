/** How one hears of what happens: by a feed that asks for nothing, or by e-mail; and how that ends. */
import type { Frame } from './layout.js';
import { MATTER_WORDS } from './matter-words.js';

interface FollowProps {
  frame: Frame;
  /** The address of the feed. */
  feed: string;
}

export function FollowList({ frame, feed }: FollowProps) {
  const { follow } = MATTER_WORDS[frame.language];
  return (
    <section class="screen-only">
      <h2 id="follow">{follow.list}</h2>
      <p>
        <a href={feed}>{follow.atom}</a>. {follow.atomSay}
      </p>
    </section>
  );
}

/** @param join where one leaves an address; absent where nobody can join any more */
export function FollowMatter({ frame, feed, join }: FollowProps & { join: string | undefined }) {
  const { follow } = MATTER_WORDS[frame.language];
  return (
    <section class="screen-only">
      <h2 id="follow">{follow.one}</h2>
      <ul>
        {join !== undefined && (
          <li>
            <a href={join}>{follow.email}</a>. {follow.emailSay} {follow.stop}
          </li>
        )}
        <li>
          <a href={feed}>{follow.atom}</a>. {follow.atomSay}
        </li>
      </ul>
    </section>
  );
}
