import { applyDecorators, Controller, RequestMethod, UseInterceptors, VERSION_NEUTRAL } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { WriteInterceptor } from '../hal/write.interceptor.js';

/** A controller of the Platform API: its paths exist with and without `/v1`. */
export function PlatformController(path: string): ClassDecorator {
  return applyDecorators(Controller({ path, version: ['1', VERSION_NEUTRAL] }), interceptWrites);
}

const READS: unknown[] = [undefined, RequestMethod.GET, RequestMethod.HEAD];

const interceptWrites: ClassDecorator = ({ prototype }) => {
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype as object))) {
    const { value } = descriptor as { value: object };
    if (!READS.includes(Reflect.getMetadata(METHOD_METADATA, value)))
      UseInterceptors(WriteInterceptor)(prototype as object, name, descriptor);
  }
};
