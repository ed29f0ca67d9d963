/** Where mails about a matter end: asked on opening, done on the button. */
import { Layout, type Frame } from './layout.js';

export interface UnsubscribePageProps {
  frame: Frame;
  token: string;
  state: 'asked' | 'done' | 'unknown';
}

export function UnsubscribePage({ frame, token, state }: UnsubscribePageProps) {
  const { unsubscribe: m } = frame.m;
  return (
    <Layout frame={frame} title={m.title} isPrivate>
      {state === 'asked' ? (
        <>
          <p>{m.asks}</p>
          <form method="post" action={`/unsubscribe/${token}`}>
            <button>{m.button}</button>
          </form>
        </>
      ) : (
        <p role="status">{state === 'done' ? m.done : m.unknown}</p>
      )}
    </Layout>
  );
}
