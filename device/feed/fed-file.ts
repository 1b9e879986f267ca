/**
 * A file that the feed brings beside the links. A new one is taken up; if it cannot be used, the content of the last one
 * stays.
 */
import { FileProblems } from '../kit/yaml-file.ts';

export interface FedFile {
  /** Takes up a new file, if the feed has brought one; cheap if it has not. */
  reload(): void;
}

/**
 * @param find the file's path, another one for each content; undefined if there is none, or it is damaged
 * @param take reads the file; if it throws FileProblems, they go to `refused`
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
