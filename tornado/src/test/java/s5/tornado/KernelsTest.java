package s5.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What lets tasks share a kernel; {@link StepTest} has what they compute. */
class KernelsTest {

    /** A kernel shared by tasks would have the size of the first one's array as a constant. */
    @Test
    void noKernelAsksForTheSizeOfAnArray() throws IOException, URISyntaxException {
        Path root =
                Path.of(Kernels.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<ClassModel> kernels;
        try (Stream<Path> files = Files.walk(root.resolve("s5/tornado"))) {
            kernels =
                    files.filter(file -> file.getFileName().toString().endsWith("Kernels.class"))
                            .map(KernelsTest::parse)
                            .toList();
        }
        assertTrue(kernels.size() > 10, kernels.size() + " classes of kernels");
        assertEquals(
                List.of(),
                kernels.stream()
                        .filter(KernelsTest::asksForASize)
                        .map(found -> found.thisClass().asInternalName())
                        .toList());
    }

    private static ClassModel parse(Path file) {
        try {
            return ClassFile.of().parse(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean asksForASize(ClassModel found) {
        return StreamSupport.stream(found.constantPool().spliterator(), false)
                .anyMatch(entry ->
                        entry instanceof MemberRefEntry member
                                && member.owner().asInternalName().contains("tornado/api/types")
                                && member.name().equalsString("getSize"));
    }
}
