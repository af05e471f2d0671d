import { DomainEvent, DomainEventType } from '../../events/domain-event.js';
import { Publication } from '../connections/topics.js';
import { EventView } from './event-view.js';

export const MAPPINGS = Symbol('mappings');

/** What a domain event tells those who listen. Nothing, if nobody who is here wants to know. */
export type Mapping = (event: DomainEvent, view: EventView) => Promise<Publication[]> | Publication[];

/** Tells of domain events of these types. The method is a {@link Mapping}. A type may have several. */
export function On(...types: DomainEventType[]): MethodDecorator {
  return (_target, _name, descriptor) => {
    Reflect.defineMetadata(MAPPINGS, types, descriptor.value as object);
  };
}
