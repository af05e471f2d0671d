import { Readable } from 'node:stream';
import { send } from '@fastify/send';
import { Controller, Get, Logger, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RangeNotSatisfiableError, ResourceNotFoundError } from '../errors/api-error.js';
import { FileStorage } from '../storage/file-storage.js';
import { Delivery, deliveryOf } from './delivery.js';
import { FileRow, FilesRepository } from './files.repository.js';

/** Nothing in a file may run, or load anything from anywhere. */
const POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox";
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
/** A file never changes, but it may be deleted. */
const CACHED_SECONDS = 3_600;
/** How long an address of the storage is good for. */
const SIGNED_SECONDS = 300;

/**
 * Hands out files. Public, since they stand in the pages of end users: nobody finds an address that was not told. Apps add
 * a grant to it, which says nothing that whoever has the address does not know.
 */
@ApiExcludeController()
@Controller({ path: 'files', version: '1' })
export class FilesController {
  private readonly log = new Logger('Files');

  constructor(
    private readonly files: FilesRepository,
    private readonly storage: FileStorage,
  ) {}

  @Get(':token/:name')
  async retrieve(
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const file = TOKEN.test(token) ? await this.files.findByToken(token) : undefined;
    if (!file) throw new ResourceNotFoundError();
    const delivery = deliveryOf(file);
    const etag = `"${file.sha256}"`;
    if (names(request.headers['if-none-match'], etag)) {
      allowCaching(reply, etag, CACHED_SECONDS);
      await reply.code(304).send();
      return;
    }
    const { root } = this.storage;
    if (root === undefined) await this.sendElsewhere(file, delivery, etag, request, reply);
    else await this.sendFromDisk(root, file, delivery, etag, request, reply);
  }

  private async sendFromDisk(
    root: string,
    file: FileRow,
    { contentType, contentDisposition }: Delivery,
    etag: string,
    { method, headers: given }: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    // Of the conditions only the range is left to the library: it does not know this tag. A part of another version is
    // not wanted.
    const { range, 'if-range': version = etag } = given;
    const asked = { method, headers: range !== undefined && version === etag ? { range } : {} };
    const { statusCode, headers, stream } = await send(asked as unknown as Readable, file.storage_key, {
      root,
      contentType: false,
      cacheControl: false,
      etag: false,
      lastModified: false,
      index: false,
    });
    if (statusCode === 416) throw new RangeNotSatisfiableError({ 'content-range': headers['Content-Range'] ?? '' });
    if (statusCode >= 400) {
      this.log.error(`The file ${file.id} of application ${file.application_id} is not in storage`);
      throw new ResourceNotFoundError();
    }
    allowCaching(reply, etag, CACHED_SECONDS);
    await reply
      .code(statusCode)
      .headers({ ...headers, 'content-type': contentType, 'content-disposition': contentDisposition })
      .send(stream);
  }

  /** A signed address is good for one verb, so that HEAD is answered here. */
  private async sendElsewhere(
    { storage_key, size }: FileRow,
    { contentType, contentDisposition }: Delivery,
    etag: string,
    { method }: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    allowCaching(reply, etag, SIGNED_SECONDS / 2);
    if (method === 'HEAD') {
      const headers = {
        'content-type': contentType,
        'content-disposition': contentDisposition,
        'content-length': size,
      };
      await reply.code(200).headers(headers).send();
      return;
    }
    const location = await this.storage.signedUrl(storage_key, {
      expiresInSeconds: SIGNED_SECONDS,
      contentType,
      contentDisposition,
    });
    await reply.code(302).header('location', location).send();
  }
}

function allowCaching(reply: FastifyReply, etag: string, seconds: number): void {
  for (const name of ['pragma', 'expires']) reply.removeHeader(name);
  void reply.headers({
    etag,
    'cache-control': `private, max-age=${seconds}, immutable`,
    'content-security-policy': POLICY,
    'cross-origin-resource-policy': 'cross-origin',
  });
}

/** Whether a list of tags (RFC 9110, 13.1.2) has this one. */
function names(list: string | undefined, etag: string): boolean {
  return list !== undefined && list.split(',').some((tag) => ['*', etag, `W/${etag}`].includes(tag.trim()));
}
