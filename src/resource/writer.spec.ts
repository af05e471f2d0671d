import { describe, expect, it } from '@jest/globals';
import { canonicalLinks } from '../hal/link-base.js';
import { AddressField, IntegerField, ListField, ObjectField, PropertiesField, TextField, TimeField } from './fields.js';
import { Links, OneOf } from './registry.js';
import { Casing } from './casing.js';
import { writerOf, writeTime } from './writer.js';

class Wheel {
  @IntegerField({ description: 'Its size', format: 'int32' })
  wheelSize!: number;
}

@Links({ self: '/bikes/{id}', owner: '/owners/{ownerId}' })
class Bike {
  @TextField({ description: 'Its name', max: 10, optional: true })
  bikeName?: string;

  @TimeField({ description: 'When it was built', optional: true })
  builtTime?: number;

  @AddressField({ description: 'Its picture', optional: true })
  picture?: string;

  @PropertiesField({ description: 'Custom data', optional: true })
  properties?: string;

  @ObjectField({ description: 'In front', type: () => Wheel, optional: true })
  frontWheel?: Wheel;

  @ListField({ description: 'All', type: () => Wheel, optional: true })
  wheels?: Wheel[];

  id!: number;
  ownerId?: number;
  secret?: string;
}

@OneOf('kind', () => ({ BIKE: Bike }))
class Vehicle {}

const links = canonicalLinks('https://chat.example.org', 7);
const written = (type: typeof Bike | typeof Vehicle, value: object, casing: Casing = 'camel'): unknown =>
  JSON.parse(writerOf(type, casing)(value, { casing, links }));

describe('a resource', () => {
  it('is written field by field, without what was not declared', () => {
    expect(written(Bike, { id: 1, bikeName: 'Fast', secret: 'x', frontWheel: { wheelSize: 28, spokes: 3 } })).toEqual({
      bikeName: 'Fast',
      frontWheel: { wheelSize: 28 },
      _links: { self: { href: 'https://chat.example.org/v1/applications/7/bikes/1' } },
    });
  });

  it('leaves blank fields out, but neither empty lists nor zeros', () => {
    const bike = { id: 1, bikeName: null, builtTime: undefined, wheels: [], frontWheel: { wheelSize: 0 } };
    expect(written(Bike, bike)).toMatchObject({ wheels: [], frontWheel: { wheelSize: 0 } });
    expect(Object.keys(written(Bike, bike) as object)).toEqual(['frontWheel', 'wheels', '_links']);
  });

  it('is spelled in the casing that is asked for, except for what tenants wrote', () => {
    const bike = { id: 1, bikeName: 'Fast', properties: '{"camelKey":{"snake_key":null}}', wheels: [{ wheelSize: 1 }] };
    expect(written(Bike, bike, 'snake')).toMatchObject({
      bike_name: 'Fast',
      properties: { camelKey: { snake_key: null } },
      wheels: [{ wheel_size: 1 }],
    });
  });

  it('shows the links whose values are there', () => {
    expect(Object.keys((written(Bike, { id: 1, ownerId: 2 }) as { _links: object })._links)).toEqual(['self', 'owner']);
  });

  it('completes addresses of this server with its origin, and leaves others alone', () => {
    expect(written(Bike, { id: 1, picture: '/v1/picture/a' })).toMatchObject({
      picture: 'https://chat.example.org/v1/picture/a',
    });
    expect(written(Bike, { id: 1, picture: 'https://else.example/a' })).toMatchObject({
      picture: 'https://else.example/a',
    });
  });

  it.each(['plain', 'a "b" \\ c', 'line\n\u0000', 'half \ud83d', 'whole 😀', '\u2028', ''])(
    'says %j as JSON does',
    (bikeName) => {
      expect(written(Bike, { id: 1, bikeName, picture: `/v1/picture/${bikeName}` })).toMatchObject({
        bikeName,
        picture: `https://chat.example.org/v1/picture/${bikeName}`,
      });
    },
  );

  it('is written by the class that its kind names', () => {
    expect(written(Vehicle, { kind: 'BIKE', id: 1, bikeName: 'Fast' })).toMatchObject({ bikeName: 'Fast' });
  });
});

describe('a time', () => {
  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [1_714_555_800_999, '2024-05-01T09:30:00Z'],
  ])('of %d milliseconds is %s: whole seconds in UTC', (milliseconds, text) => {
    expect(writeTime(milliseconds)).toBe(text);
  });
});
