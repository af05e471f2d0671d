import { applyDecorators, Controller, VERSION_NEUTRAL } from '@nestjs/common';

/** A controller of the Platform API: its paths exist with and without `/v1`. */
export function PlatformController(path: string): ClassDecorator {
  return applyDecorators(Controller({ path, version: ['1', VERSION_NEUTRAL] }));
}
