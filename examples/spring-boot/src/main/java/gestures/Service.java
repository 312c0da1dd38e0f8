package gestures;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

import s5.S5Model;

import java.nio.file.Path;

/** A service that tells gestures: {@code java -jar gestures.jar --model.file=best.safetensors}. */
@SpringBootApplication
public class Service {
    public static void main(String[] args) {
        SpringApplication.run(Service.class, args);
    }

    /** One model for all requests; Spring closes it at the end, when they are answered. */
    @Bean
    S5Model model(@Value("${model.file}") Path file) {
        return S5Model.load(file);
    }
}
