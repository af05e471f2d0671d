/** Where the links of an answer lead: the family of paths in which the caller speaks. */
export interface LinkBase {
  /** Scheme, host and port of this server. */
  readonly origin: string;
  /** What stands before `/users/7`. */
  readonly base: string;
  /** The address of the application itself. */
  readonly application: string;
  /** The address of the application's settings. */
  readonly settings: string;
}

/** Links of `/v1` requests: canonical, with the application in the path. */
export function canonicalLinks(publicUrl: string, applicationId: number): LinkBase {
  const base = `${publicUrl}/v1/applications/${applicationId}`;
  return { origin: publicUrl, base, application: base, settings: `${base}/settings` };
}

/** Links of requests without a version in the path. */
export function plainLinks(publicUrl: string): LinkBase {
  return {
    origin: publicUrl,
    base: publicUrl,
    application: `${publicUrl}/application`,
    settings: `${publicUrl}/application/settings`,
  };
}
