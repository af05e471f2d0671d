import { INestApplication, Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { buildDocuments, Documents } from './document.js';

/** The documents of this server. Built when they are first asked for: a start should not wait for them. */
@Injectable()
export class DocumentsService {
  private app: INestApplication | undefined;
  private built: { url: string; documents: Documents } | undefined;

  constructor(private readonly config: Config) {}

  /** The documents are built from the whole application, which has to be there first. */
  describes(app: INestApplication): void {
    this.app = app;
  }

  get(): Documents {
    const url = this.config.publicUrl;
    if (this.built?.url !== url) this.built = { url, documents: buildDocuments(this.app!, url) };
    return this.built.documents;
  }
}
