/** The form with which staff sign in. */
import { Layout, type Frame } from './layout.js';

export interface SessionPageProps {
  frame: Frame;
  /** Whether the last key was nobody's. */
  hasFailed: boolean;
  /** A path of this site to go on to. */
  next: string | undefined;
}

export function SessionPage({ frame, hasFailed, next }: SessionPageProps) {
  const { m, signedIn } = frame;
  return (
    <Layout frame={frame} title={m.session.title} isPrivate>
      <p class="lead">{m.session.intro}</p>
      {signedIn && (
        <p class="note">
          {m.session.already(signedIn.id)} <a href="/staff">{m.site.staff}</a>
        </p>
      )}
      <form method="post" action="/session" class="field">
        <label for="key">{m.session.key}</label>
        <p id="key-hint" class="small">
          {m.session.keyHint}
        </p>
        {hasFailed && (
          <p id="key-fault" class="fault" role="alert">
            {m.session.failed}
          </p>
        )}
        <input
          id="key"
          name="key"
          type="password"
          autocomplete="current-password"
          required
          maxLength={200}
          aria-invalid={hasFailed ? 'true' : undefined}
          aria-describedby={hasFailed ? 'key-hint key-fault' : 'key-hint'}
        />
        {next !== undefined && <input type="hidden" name="next" value={next} />}
        <button>{m.session.enter}</button>
      </form>
    </Layout>
  );
}
