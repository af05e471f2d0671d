/** The headers that the API's overview shows, but for those that each answer has its own value of. */
export const OVERVIEW = {
  'x-api-version': 'v1.15.13',
  vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
  'x-content-type-options': 'nosniff',
  'x-xss-protection': '1; mode=block',
  'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
  pragma: 'no-cache',
  expires: '0',
  'strict-transport-security': 'max-age=63072000 ; includeSubDomains ; preload',
  'x-frame-options': 'DENY',
};
