import { Module } from '@nestjs/common';
import { MessagesModule } from '../messages/messages.module.js';
import { LinkPreviewer } from './link-previewer.js';
import { PreviewsRepository } from './previews.repository.js';

/** Previews of the links in messages. */
@Module({ imports: [MessagesModule], providers: [LinkPreviewer, PreviewsRepository] })
export class PreviewsModule {}
