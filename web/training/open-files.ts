import { fileRun, type RunSource } from './run-source.ts';

/** What Chromium's file system access offers; other browsers give files that cannot be read again once they grew. */
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

const metricsName = 'metrics.jsonl';
const planName = 'run.json';

/** Whether a folder can be picked and followed. */
export const canFollowFolders = typeof (globalThis as Picker).showDirectoryPicker === 'function';

/** Asks for a run's folder. @returns Null where the person changed their mind. */
export async function pickFolder(): Promise<RunSource | null> {
  try {
    const folder = await (globalThis as Picker).showDirectoryPicker?.();
    return folder ? folderRun(folder) : null;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}

/** The run that was dropped: its folder, or its metrics.jsonl, with run.json where that came along. */
export async function droppedRun(items: DataTransferItemList): Promise<RunSource | null> {
  const dropped = [...items].filter(({ kind }) => kind === 'file');
  // Both have to be asked for at once; after the event the list is empty.
  const files = dropped.flatMap((item) => item.getAsFile() ?? []);
  const handles: readonly (FileHandle | FolderHandle | null)[] = await Promise.all(
    dropped.map((item) => (item as unknown as DroppedItem).getAsFileSystemHandle?.() ?? null),
  ).catch(() => []);
  const folder = handles.find((handle) => handle?.kind === 'directory');
  if (folder?.kind === 'directory') return folderRun(folder);
  const fileHandles = handles.filter((handle): handle is FileHandle => handle?.kind === 'file');
  const metrics = fileHandles.find(({ name }) => name.endsWith('.jsonl'));
  if (!metrics) return chosenRun(files);
  const plan = fileHandles.find(({ name }) => name === planName);
  const open = { metrics: () => metrics.getFile(), plan: async () => (plan ? plan.getFile() : null) };
  return fileRun(metrics.name, open, true);
}

/** The run among chosen files, as they are now. */
export function chosenRun(files: readonly File[]): RunSource | null {
  const metrics = files.find(({ name }) => name.endsWith('.jsonl'));
  if (!metrics) return null;
  const plan = files.find(({ name }) => name === planName) ?? null;
  return fileRun(metrics.name, { metrics: async () => metrics, plan: async () => plan }, false);
}

function folderRun(folder: FolderHandle): RunSource {
  const open = (name: string) => async () => {
    const handle = await folder.getFileHandle(name).catch(() => null);
    return handle ? handle.getFile() : null;
  };
  return fileRun(folder.name, { metrics: open(metricsName), plan: open(planName) }, true);
}
