/** The package's control file. */

export interface About {
  readonly version: string;
  readonly architecture: string;
  readonly installedKib: number;
  /** Libraries, as dpkg-shlibdeps names them. */
  readonly depends: string;
}

/** Who makes the firmware's user, and who starts its service. */
const needed = ['systemd | systemd-standalone-sysusers | systemd-sysusers', 'init-system-helpers (>= 1.54~)'];
/** Card readers, certificates judged by the believed clock, cameras, sound cards. */
const recommended = ['pcscd', 'openssl', 'ffmpeg', 'alsa-utils', 'systemd'];
const suggested = ['tpm2-tools', 'libccid'];

const maintainer = 'The fare-validator authors <fare-validator@localhost>';

export function controlOf({ version, architecture, installedKib, depends }: About): string {
  return `Package: fare-validator
Version: ${version}
Architecture: ${architecture}
Maintainer: ${maintainer}
Installed-Size: ${installedKib}
Depends: ${[depends, ...needed].join(', ')}
Recommends: ${recommended.join(', ')}
Suggests: ${suggested.join(', ')}
Section: misc
Priority: optional
Description: firmware of a bus's fare validator
 Reads transit cards and ride codes, checks the passenger's linked health code
 against an offline cache, takes the fare, and reports each tap to the back
 office.
 .
 The package has the Node.js that the firmware needs.
`;
}

/** @param version of npm: `1.2.0-rc.1` comes before `1.2.0`, which Debian writes with a tilde */
export function debianVersion(version: string): string {
  return version.replace('-', '~');
}

/** What Debian's own programs read of the changes. @param date Unix seconds */
export function debianChangelog(version: string, date: number): string {
  const day = new Date(date * 1000).toUTCString().replace('GMT', '+0000');
  return `fare-validator (${version}) stable; urgency=medium

  * CHANGELOG.md.gz has the changes.

 -- ${maintainer}  ${day}
`;
}
