namespace Hybrid.Models.Tests.Sessions;

/// <summary>On which side the shorter rows of a batch are filled up.</summary>
public enum PaddingSide
{
    Left,
    Right,
}

/// <summary>Rows of tokens made equally long.</summary>
public sealed record Batch(long[] Ids, long[] Mask, int Rows, int Columns)
{
    public static Batch Of(IReadOnlyList<long[]> rows, PaddingSide side = PaddingSide.Right)
    {
        var columns = rows.Max(row => row.Length);
        var ids = new long[rows.Count * columns];
        var mask = new long[rows.Count * columns];
        for (var row = 0; row < rows.Count; row++)
        {
            var start = row * columns + (side == PaddingSide.Left ? columns - rows[row].Length : 0);
            rows[row].CopyTo(ids, start);
            Array.Fill(mask, 1, start, rows[row].Length);
        }

        return new Batch(ids, mask, rows.Count, columns);
    }
}
