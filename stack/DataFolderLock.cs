namespace Hybrid.Stack;

/// <summary>One stack a data folder: two would write over each other's blobs.</summary>
internal sealed class DataFolderLock : IDisposable
{
    private readonly FileStream _file;

    private DataFolderLock(FileStream file) => _file = file;

    /// <exception cref="StackException">Another stack uses the folder.</exception>
    public static DataFolderLock Take(string folder)
    {
        Directory.CreateDirectory(folder);
        try
        {
            // The system frees the lock when its process ends, however it ends.
            return new DataFolderLock(new FileStream(Path.Combine(folder, "stack.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            throw new StackException($"A stack is running on {folder} already. Stop it first, or use another folder (--data).");
        }
    }

    public void Dispose() => _file.Dispose();
}
