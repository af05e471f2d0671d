import { describe, expect, it } from '@jest/globals';
import { newSecret, seal, unseal } from './webhook-secret.js';
import { signedHeaders } from './webhook-signature.js';

describe('the signature', () => {
  const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
  const TIME = 1_614_265_330_999;
  const BODY = '{"test": 2432232314}';
  const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

  it('is that of the Standard Webhooks scheme', () => {
    expect(signedHeaders(ID, TIME, BODY, [SECRET])).toEqual({
      'webhook-id': ID,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('is made with each secret', () => {
    const other = newSecret();
    const one = (secret: string) => signedHeaders(ID, TIME, BODY, [secret])['webhook-signature'];
    expect(signedHeaders(ID, TIME, BODY, [SECRET, other])['webhook-signature']).toBe(`${one(SECRET)} ${one(other)}`);
    expect(one(other)).not.toBe(one(SECRET));
  });

  it('is made with secrets of 32 random bytes, which come out of the database as they went in', () => {
    const secret = newSecret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(newSecret()).not.toBe(secret);
    expect(unseal(seal(secret))).toBe(secret);
  });
});
