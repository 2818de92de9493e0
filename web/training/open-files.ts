import { runFiles } from '../product.ts';
import { fileRun, type RunSource } from './run-source.ts';

/** Chromium's File System Access API. Other browsers give snapshots of files, which cannot be read again after a change. */
interface FileHandle {
  kind: 'file';
  name: string;
  getFile(): Promise<File>;
}
interface FolderHandle {
  kind: 'directory';
  name: string;
  getFileHandle(name: string): Promise<FileHandle>;
}
type Picker = { showDirectoryPicker?: () => Promise<FolderHandle> };
type DroppedItem = DataTransferItem & {
  getAsFileSystemHandle?: () => Promise<FileHandle | FolderHandle | null>;
};

/** Whether a folder can be picked and followed. */
export const canFollowFolders = typeof (globalThis as Picker).showDirectoryPicker === 'function';

/** Lets the user pick a run's folder. @returns Null if they cancel. */
export async function pickFolder(): Promise<RunSource | null> {
  try {
    const folder = await (globalThis as Picker).showDirectoryPicker?.();
    return folder ? folderRun(folder) : null;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}

/** Finds the run among dropped items: its folder, or its `metrics.jsonl` and, if present, `run.json`. */
export async function droppedRun(items: DataTransferItemList): Promise<RunSource | null> {
  const dropped = [...items].filter(({ kind }) => kind === 'file');
  // Both have to be requested before the event ends; the list is empty afterwards.
  const files = dropped.flatMap((item) => item.getAsFile() ?? []);
  const handles: readonly (FileHandle | FolderHandle | null)[] = await Promise.all(
    dropped.map((item) => (item as unknown as DroppedItem).getAsFileSystemHandle?.() ?? null),
  ).catch(() => []);
  const folder = handles.find((handle) => handle?.kind === 'directory');
  if (folder?.kind === 'directory') return folderRun(folder);
  const fileHandles = handles.filter((handle): handle is FileHandle => handle?.kind === 'file');
  const metrics = fileHandles.find(({ name }) => name.endsWith('.jsonl'));
  if (!metrics) return chosenRun(files);
  const plan = fileHandles.find(({ name }) => name === runFiles.plan);
  const open = { metrics: () => metrics.getFile(), plan: async () => (plan ? plan.getFile() : null) };
  return fileRun(metrics.name, open, true);
}

/** Finds the run among chosen files, as they are now. */
export function chosenRun(files: readonly File[]): RunSource | null {
  const metrics = files.find(({ name }) => name.endsWith('.jsonl'));
  if (!metrics) return null;
  const plan = files.find(({ name }) => name === runFiles.plan) ?? null;
  return fileRun(metrics.name, { metrics: async () => metrics, plan: async () => plan }, false);
}

function folderRun(folder: FolderHandle): RunSource {
  const open = (name: string) => async () => {
    const handle = await folder.getFileHandle(name).catch(() => null);
    return handle ? handle.getFile() : null;
  };
  return fileRun(folder.name, { metrics: open(runFiles.metrics), plan: open(runFiles.plan) }, true);
}
