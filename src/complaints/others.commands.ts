/** What others say of a public matter, by a program that they use: neither its reporter nor the city. */
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Texts } from '../contents/text.js';
import { isRejection, type By, type Receipt, type Rejection } from '../event-store/command-log.js';
import { Matters } from './matters.js';

/** Their words, which nobody sees before staff shows them. A clock that stands for the reporter's answer stands on. */
export class AddByOthers extends Command<Receipt | Rejection> {
  constructor(
    readonly matterId: string,
    readonly words: Texts,
    readonly by: By,
  ) {
    super();
  }
}

@CommandHandler(AddByOthers)
export class AddByOthersHandler implements ICommandHandler<AddByOthers> {
  constructor(@Inject(Matters) private readonly matters: Matters) {}

  async execute({ matterId, words: said, by }: AddByOthers): Promise<Receipt | Rejection> {
    const words = await this.matters.write(said, 'words');
    return isRejection(words) ? words : this.matters.run(matterId, { do: 'add-by-others', words }, by);
  }
}
