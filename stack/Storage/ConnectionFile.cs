namespace Hybrid.Stack.Storage;

/// <summary>Where commands find the storage of the stack that runs on a data folder: its account has another key at each start.</summary>
internal static class ConnectionFile
{
    public static void Write(string data, string connectionString) => SecretFile.Write(PathOf(data), connectionString);

    /// <summary>Null: no stack runs on the folder.</summary>
    public static string? Read(string data) => File.Exists(PathOf(data)) ? File.ReadAllText(PathOf(data)).Trim() : null;

    public static void Delete(string data) => File.Delete(PathOf(data));

    private static string PathOf(string data) => Path.Combine(data, "storage-connection");
}
