/** What keeps a witness from working; the message says what to do. */
export class WitnessFailed extends Error {
  constructor(
    readonly code:
      | 'witness-key-unusable'
      | 'witness-name-wrong'
      | 'witness-name-missing'
      | 'witness-folder-unusable'
      | 'witness-folder-in-use'
      | 'witness-memory-lost'
      | 'witness-memory-damaged'
      | 'witness-log-unusable',
    message: string,
  ) {
    super(message);
    this.name = 'WitnessFailed';
  }
}
