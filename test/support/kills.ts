/**
 * How often a spec kills the server in a run. What is proved does not depend on the engine, so the second one, which takes
 * longer, is not gone through as often.
 */
export const KILLS = process.env.DATABASE_URL?.startsWith('mysql:') ? 10 : 20;
