/** Which test files share a process: a file of small tests takes longer to load than to run, and what it loads is what its neighbours load. */

/** Of these folders the files are taken together. What starts firmware, browsers or servers has its process alone. */
const shared =
  /^(device\/(?!firmware|install)[\w-]+|drivers\/(code-reader|display|gnss|wire)|sync\/(cache|feed|keys|publisher|uplink)|sim\/(media|wires)|sim\/backoffice\/(health|intake|publication|registration|settlement|site|store))\//;
/** A left-out test is told with its file, and who ends processes may end its neighbours'. */
const alone = /\bneeding\(|\bchild_process\b/;
/** So that no group runs long after all others have ended. */
const mostFiles = 12;

/**
 * @param files in the order in which they are to start
 * @param textOf a file's text
 * @returns each of them once, alone or with others
 */
export function groupFiles(files: readonly string[], textOf: (file: string) => string): string[][] {
  const groups: string[][] = [];
  const growing = new Map<string, string[]>();
  for (const file of files) {
    const [folder] = shared.exec(file) ?? [];
    const mayShare = folder !== undefined && !alone.test(textOf(file));
    const group = mayShare ? growing.get(folder) : undefined;
    if (group !== undefined && group.length < mostFiles) group.push(file);
    else {
      const begun = [file];
      groups.push(begun);
      if (mayShare) growing.set(folder, begun);
    }
  }
  return groups;
}
