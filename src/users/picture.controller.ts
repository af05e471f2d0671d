import { createAvatar } from '@dicebear/core';
import * as initials from '@dicebear/initials';
import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';

/** Longer texts make no other picture. */
const TEXT_MAX = 255;

/** The picture of users who have none: their initials. Public, since it stands in the pages of end users. */
@ApiExcludeController()
@Controller({ path: 'picture', version: '1' })
export class PictureController {
  @Get(':text')
  @Header('content-type', 'image/svg+xml')
  @Header('cache-control', 'public, max-age=86400')
  @Header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
  picture(@Param('text') text: string): string {
    const seed = text.replaceAll('+', ' ').slice(0, TEXT_MAX).toWellFormed();
    return createAvatar(initials, { seed, size: 128 }).toString();
  }
}
