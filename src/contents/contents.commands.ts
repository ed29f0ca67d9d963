/** What staff does to any content that is or was public, and the erasure of any. What comes before the public first is its room's to say. */
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { By, Receipt, Rejection } from '../event-store/command-log.js';
import { ContentLife, type Released } from './content-life.js';

/** Roles that hide any content, and show it again. */
const PUBLISHERS = ['administrator', 'moderator'];
const ERASERS = ['administrator', 'data-protection-officer'];

/** Shows again what was hidden. */
export class ReleaseContents extends Command<Released | Rejection> {
  constructor(
    readonly ids: readonly string[],
    readonly by: By,
  ) {
    super();
  }
}

export class HideContent extends Command<Receipt | Rejection> {
  constructor(
    readonly contentId: string,
    /** A code. */
    readonly reason: string,
    readonly by: By,
  ) {
    super();
  }
}

export class EraseContent extends Command<Receipt | Rejection> {
  constructor(
    readonly contentId: string,
    /** The code of the legal ground. */
    readonly basis: string,
    readonly by: By,
  ) {
    super();
  }
}

@CommandHandler(ReleaseContents)
export class ReleaseContentsHandler implements ICommandHandler<ReleaseContents> {
  constructor(@Inject(ContentLife) private readonly life: ContentLife) {}

  async execute({ ids, by }: ReleaseContents): Promise<Released | Rejection> {
    return hasRole(by, PUBLISHERS) ? this.life.showAgain(ids, by) : { rejected: 'role-missing' };
  }
}

@CommandHandler(HideContent)
export class HideContentHandler implements ICommandHandler<HideContent> {
  constructor(@Inject(ContentLife) private readonly life: ContentLife) {}

  async execute({ contentId, reason, by }: HideContent): Promise<Receipt | Rejection> {
    return hasRole(by, PUBLISHERS) ? this.life.hide(contentId, reason, by) : { rejected: 'role-missing' };
  }
}

@CommandHandler(EraseContent)
export class EraseContentHandler implements ICommandHandler<EraseContent> {
  constructor(@Inject(ContentLife) private readonly life: ContentLife) {}

  async execute({ contentId, basis, by }: EraseContent): Promise<Receipt | Rejection> {
    return hasRole(by, ERASERS) ? this.life.erase(contentId, basis, by) : { rejected: 'role-missing' };
  }
}

function hasRole(by: By, roles: readonly string[]): boolean {
  return by.actor.roles.some((role) => roles.includes(role));
}
