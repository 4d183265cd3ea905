namespace Hybrid.Stack;

/// <summary>One line in a file that its owner alone may read.</summary>
internal static class SecretFile
{
    public static void Write(string path, string line)
    {
        // The mode counts when a file is made: one that others could read already would stay so.
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.WriteLine(line);
    }
}
