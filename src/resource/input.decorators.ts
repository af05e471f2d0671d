import { Body as NestBody, PipeTransform, Query as NestQuery } from '@nestjs/common';
import { InputPipe } from './input.pipe.js';

/*
 * What a handler is given of a request. The pipe stands at these parameters and not at all of them, since each value
 * that goes through a pipe is waited for.
 */
const input = new InputPipe();

/** The body as an instance of the parameter's class, or of what `pipes` say; refused if it breaks the rules of its fields. */
export const Body = (...pipes: PipeTransform[]): ParameterDecorator => NestBody(input, ...pipes);

/** The query string, in the same way. */
export const Query = (): ParameterDecorator => NestQuery(input);
