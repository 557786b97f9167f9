declare const AITEAM_VERSION: string;

/** The version in package.json, put in by the build. */
export const VERSION: string = AITEAM_VERSION;
