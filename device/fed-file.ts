/**
 * A file that the feed brings beside the links: taken up when it is another one, the content before kept where it cannot
 * be used.
 */
import { FileProblems } from './settings/yaml-file.ts';

export interface FedFile {
  /** Takes up what the feed has brought; costs next to nothing where that is nothing. */
  reload(): void;
}

/**
 * @param find finds the file, another one for each content; undefined where there is none, or it is damaged
 * @param take reads it; FileProblems that it throws are told to `refused`
 */
export function createFedFile(
  find: () => string | undefined,
  take: (path: string) => void,
  refused: (problem: string) => void,
): FedFile {
  let looked: string | undefined;
  return {
    reload() {
      const file = find();
      if (file === looked) return;
      looked = file;
      if (file === undefined) return;
      try {
        take(file);
      } catch (error) {
        if (!(error instanceof FileProblems)) throw error;
        refused(error.message);
      }
    },
  };
}
